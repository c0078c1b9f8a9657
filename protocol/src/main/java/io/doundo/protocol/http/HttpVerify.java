package io.doundo.protocol.http;

import io.doundo.protocol.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * How to find out whether a call whose outcome is unknown had its effect.
 *
 * @param ok a condition over {@code response}: whether the question was answered; null for 2xx
 * @param done a condition over {@code response}: whether the effect is there
 * @param result a template for the step's result when it is; null for the body of the response
 */
public record HttpVerify(
    HttpRequest request, @Nullable String ok, String done, @Nullable RawJson result) {}
