package io.doundo.orchestrator.definition;

/**
 * What starts an orchestration besides its initiators.
 *
 * @param name unique in the orchestration
 */
public record Trigger(String name, Schedule schedule) {}
