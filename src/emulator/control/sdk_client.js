// A client of an API, for browsers and Node.js; made from a deployed stage.
// Each method takes (params, body, additionalParams) and returns a promise of { status, headers, data }.
(function (root) {
  "use strict";

  var INVOKE_URL = __INVOKE_URL__;
  var METHODS = __METHODS__;

  function isGiven(value) {
    return value !== undefined && value !== null;
  }

  function newClient(config) {
    config = config || {};
    var base = (config.invokeUrl || INVOKE_URL).replace(/\/+$/, "");

    function call(method, params, body, additional) {
      params = params || {};
      additional = additional || {};
      var missing = method.required.filter(function (name) {
        return !isGiven(params[name]);
      });
      if (missing.length > 0) {
        return Promise.reject(new Error("missing parameters: " + missing.join(", ")));
      }
      var path = method.path.replace(/\{([^{}+]+)(\+?)\}/g, function (_, name, greedy) {
        var parts = greedy ? String(params[name]).split("/") : [String(params[name])];
        return parts.map(encodeURIComponent).join("/");
      });
      var query = new URLSearchParams();
      var headers = { Accept: config.defaultAcceptType || "application/json" };
      function add(place, name, value) {
        [].concat(value).forEach(function (item) {
          if (place === "query") {
            query.append(name, String(item));
          } else {
            headers[name] = String(item);
          }
        });
      }
      method.query.forEach(function (name) {
        if (isGiven(params[name])) add("query", name, params[name]);
      });
      method.headers.forEach(function (name) {
        if (isGiven(params[name])) add("header", name, params[name]);
      });
      Object.keys(additional.queryParams || {}).forEach(function (name) {
        add("query", name, additional.queryParams[name]);
      });
      if (config.apiKey) headers["x-api-key"] = config.apiKey;
      var request = { method: method.verb === "ANY" ? additional.method || "GET" : method.verb, headers: headers };
      if (isGiven(body) && request.method !== "GET" && request.method !== "HEAD") {
        headers["Content-Type"] = config.defaultContentType || "application/json";
        request.body = typeof body === "string" ? body : JSON.stringify(body);
      }
      Object.keys(additional.headers || {}).forEach(function (name) {
        add("header", name, additional.headers[name]);
      });
      var text = query.toString();
      return fetch(base + path + (text ? "?" + text : ""), request).then(function (response) {
        return response.text().then(function (data) {
          var answer = { status: response.status, headers: Object.fromEntries(response.headers), data: data };
          if ((response.headers.get("content-type") || "").indexOf("json") !== -1 && data !== "") {
            answer.data = JSON.parse(data);
          }
          return response.ok ? answer : Promise.reject(Object.assign(new Error("status " + response.status), { response: answer }));
        });
      });
    }

    var client = {};
    METHODS.forEach(function (method) {
      client[method.name] = function (params, body, additional) {
        return call(method, params, body, additional);
      };
    });
    return client;
  }

  var factory = { newClient: newClient };
  if (typeof module === "object" && module.exports) {
    module.exports = factory;
  } else {
    root.apigClientFactory = factory;
  }
})(typeof self !== "undefined" ? self : this);
