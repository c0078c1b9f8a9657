/**
 * The data plane, built on Kafka Streams; no other package may use Kafka Streams. This package
 * holds what every part of it needs: the settings, the engine's state and the catalog of topics. It
 * depends on none of its subpackages, which depend on each other in one direction only: {@code
 * state}, {@code record}, then {@code task} and {@code read} side by side, and {@code client} on
 * top.
 */
@NullMarked
package io.doundo.orchestrator.streams;

import org.jspecify.annotations.NullMarked;
