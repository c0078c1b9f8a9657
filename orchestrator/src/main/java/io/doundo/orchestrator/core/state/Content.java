package io.doundo.orchestrator.core.state;

/**
 * A JSON value as the core sees it: a name for bytes that are kept elsewhere. Equal digests mean
 * equal bytes.
 *
 * @param digest 32 hexadecimal digits of the value's SHA-256
 * @param size length in bytes
 * @param object whether it is a JSON object, and so can be merged with others
 */
public record Content(String digest, int size, boolean object) {}
