package io.doundo.examples.external;

/**
 * Something that exists in the outside world.
 *
 * @param createdBy the ledger's line
 */
public record Thing(
    String thingId,
    String orchestration,
    String step,
    String flowId,
    String details,
    String createdBy) {}
