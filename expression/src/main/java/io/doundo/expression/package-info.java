/**
 * The expressions of a document: CEL between <code>{{</code> and <code>}}</code>, compiled and
 * checked at registration, evaluated against JSON values. The only package that knows {@code
 * dev.cel}, which parses and checks types; what an expression means is this package's own. It has
 * no clock, no randomness and no access to the environment: the same inputs give the same bytes, so
 * that a replay derives the same command ids. Depends on the protocol's JSON and on CEL.
 */
@NullMarked
package io.doundo.expression;

import org.jspecify.annotations.NullMarked;
