/**
 * What the routes have in common: who asks, which parameters and fields there are, and how a
 * request is refused. Knows no controller.
 */
@NullMarked
package io.doundo.orchestrator.api.request;

import org.jspecify.annotations.NullMarked;
