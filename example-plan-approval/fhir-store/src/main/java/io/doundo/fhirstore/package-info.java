/**
 * A FHIR server that keeps every version of a plan and compares the expected version in the write
 * itself. A process of its own, because its libraries do not fit beside those of the other modules;
 * depends on none of them.
 */
@NullMarked
package io.doundo.fhirstore;

import org.jspecify.annotations.NullMarked;
