/**
 * The outside world in which the example workers have their effects: a database that stands for the
 * systems of other people, with a ledger of all that was done to it, and the ways in which it can
 * be told to misbehave.
 */
@NullMarked
package io.doundo.examples.external;

import org.jspecify.annotations.NullMarked;
