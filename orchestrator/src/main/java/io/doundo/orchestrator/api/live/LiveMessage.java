package io.doundo.orchestrator.api.live;

import org.jspecify.annotations.Nullable;

/**
 * One event for a client.
 *
 * @param name the event's name
 * @param id the id that a client sends when it connects again; null for none
 * @param key messages with the same key replace each other while a client is slow; null for a
 *     message that is never replaced
 */
public record LiveMessage(String name, @Nullable String id, @Nullable String key, Object data) {}
