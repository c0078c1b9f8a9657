/** The store over HTTP, on a real Postgres. */
@NullMarked
package io.doundo.fhirstore;

import org.jspecify.annotations.NullMarked;
