//! The control plane: the REST-JSON protocol of API Gateway, Lambda and STS on the wire.
