/**
 * Sends one request and reads one response within its limits, and connects only to addresses that
 * are allowed. The only package that knows the Apache client.
 */
@NullMarked
package io.doundo.http.client;

import org.jspecify.annotations.NullMarked;
