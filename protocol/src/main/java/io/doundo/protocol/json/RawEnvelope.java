package io.doundo.protocol.json;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a plain record of the form {@code {"headers":{…},"payload":…}} says, each value as it was
 * written.
 *
 * @param headers all of them, in their order
 * @param payload may be JSON null; null when there is none
 */
public record RawEnvelope(Map<String, RawJson> headers, @Nullable RawJson payload) {}
