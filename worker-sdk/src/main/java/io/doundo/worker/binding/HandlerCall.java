package io.doundo.worker.binding;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.StepContext;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a handler call.
 *
 * @param request what the DO was asked; on an UNDO, without the fields of its result
 * @param recordHeaders the record headers that are text
 * @param effect what is known of the DO; of an UNDO only
 * @param result the result of the DO; null when it is unknown, when there is none, and on a DO
 */
public record HandlerCall(
    ReceivedCommand command,
    RawJson request,
    Supplier<Map<String, String>> recordHeaders,
    StepContext context,
    KnownEffect effect,
    @Nullable RawJson result) {}
