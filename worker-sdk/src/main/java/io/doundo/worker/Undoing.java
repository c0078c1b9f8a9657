package io.doundo.worker;

import io.doundo.protocol.KnownEffect;
import java.util.Optional;

/**
 * The DO that an {@link Undo} method has to undo.
 *
 * @param request what the DO was asked to do, also where its result has fields of the same names
 * @param result what it returned; absent when that is unknown, when it failed, and when it returned
 *     nothing
 * @param effect what is known of the DO
 */
public record Undoing<I, O>(I request, Optional<O> result, KnownEffect effect) {}
