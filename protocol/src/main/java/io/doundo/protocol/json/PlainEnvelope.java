package io.doundo.protocol.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a plain record of the form {@code {"headers":{…},"payload":…}} says.
 *
 * @param headers the strings, numbers and booleans among them, as text
 * @param payload as it was written, which may be JSON null; null when there is none
 */
public record PlainEnvelope(Map<String, String> headers, @Nullable RawJson payload) {}
