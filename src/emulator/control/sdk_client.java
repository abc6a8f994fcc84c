__LICENSE__package __PACKAGE__;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A client of an API, made from a deployed stage. It needs Java 11 and nothing else; requests are not signed.
 *
 * <p>Parameters are those of the path, the query and the headers, by name; a value that is an {@code Iterable} is sent
 * once for each of its items. A body is sent as it is, as {@code application/json} unless a parameter says otherwise.
 */
public final class __SERVICE__ {
    private static final String INVOKE_URL = __INVOKE_URL__;

    private final HttpClient http;
    private final String endpoint;
    private final String apiKey;

    private __SERVICE__(Builder builder) {
        this.http = builder.http == null ? HttpClient.newHttpClient() : builder.http;
        this.endpoint = builder.endpoint.replaceAll("/+$", "");
        this.apiKey = builder.apiKey;
    }

    /** Returns what makes a client. */
    public static Builder builder() {
        return new Builder();
    }

    /** Makes a client. */
    public static final class Builder {
        private HttpClient http;
        private String endpoint = INVOKE_URL;
        private String apiKey;

        private Builder() {}

        /** Sets the URL of the stage. */
        public Builder endpoint(String endpoint) {
            this.endpoint = endpoint;
            return this;
        }

        /** Sets the API key. */
        public Builder apiKey(String apiKey) {
            this.apiKey = apiKey;
            return this;
        }

        /** Sets what sends requests. */
        public Builder httpClient(HttpClient http) {
            this.http = http;
            return this;
        }

        /** Returns the client. */
        public __SERVICE__ build() {
            return new __SERVICE__(this);
        }
    }
__METHODS__
    private HttpResponse<String> send(
            String verb,
            String path,
            String[] query,
            String[] headers,
            String[] required,
            Map<String, ?> given,
            String body)
            throws IOException, InterruptedException {
        Map<String, ?> parameters = given == null ? Collections.emptyMap() : given;
        for (String name : required) {
            if (parameters.get(name) == null) {
                throw new IllegalArgumentException("missing parameter: " + name);
            }
        }
        StringBuilder url = new StringBuilder(endpoint);
        for (String segment : path.substring(1).split("/")) {
            url.append('/').append(expanded(segment, parameters));
        }
        char separator = '?';
        for (String name : query) {
            for (String value : values(parameters.get(name))) {
                url.append(separator).append(encoded(name)).append('=').append(encoded(value));
                separator = '&';
            }
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url.toString()));
        HttpRequest.BodyPublisher publisher = HttpRequest.BodyPublishers.noBody();
        request.setHeader("Accept", "application/json");
        if (body != null) {
            request.setHeader("Content-Type", "application/json");
            publisher = HttpRequest.BodyPublishers.ofString(body);
        }
        if (apiKey != null) {
            request.setHeader("x-api-key", apiKey);
        }
        for (String name : headers) {
            boolean first = true;
            for (String value : values(parameters.get(name))) {
                if (first) {
                    request.setHeader(name, value);
                } else {
                    request.header(name, value);
                }
                first = false;
            }
        }
        return http.send(request.method(verb, publisher).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Returns a segment of a path with the value of its parameter, if it is one; a greedy one keeps its slashes. */
    private static String expanded(String segment, Map<String, ?> parameters) {
        if (!segment.startsWith("{") || !segment.endsWith("}")) {
            return segment;
        }
        boolean greedy = segment.endsWith("+}");
        String name = segment.substring(1, segment.length() - (greedy ? 2 : 1));
        Object value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("missing parameter: " + name);
        }
        if (!greedy) {
            return encoded(value.toString());
        }
        List<String> parts = new ArrayList<>();
        for (String part : value.toString().split("/", -1)) {
            parts.add(encoded(part));
        }
        return String.join("/", parts);
    }

    private static List<String> values(Object value) {
        List<String> values = new ArrayList<>();
        if (value instanceof Iterable) {
            for (Object item : (Iterable<?>) value) {
                values.add(String.valueOf(item));
            }
        } else if (value != null) {
            values.add(value.toString());
        }
        return values;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
