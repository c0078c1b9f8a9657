/**
 * The built-in worker for http and webhook steps: it reads {@code orchestrator.http}, calls, and
 * answers. Depends on the protocol, on expressions, on the delivery and the fences of the worker
 * SDK, and, for its settings and its own process, on Spring Boot.
 */
@NullMarked
package io.doundo.http;

import org.jspecify.annotations.NullMarked;
