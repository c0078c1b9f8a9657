/**
 * Brings commands to handlers and their answers back: consumes, asks the fence, runs, settles,
 * answers, commits. Internal; nothing outside is meant to use it but the auto-configuration.
 */
@NullMarked
package io.doundo.worker.delivery;

import org.jspecify.annotations.NullMarked;
