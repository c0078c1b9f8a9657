/** A Postgres for development and tests, in a process of its own. */
@NullMarked
package io.doundo.plans.postgres;

import org.jspecify.annotations.NullMarked;
