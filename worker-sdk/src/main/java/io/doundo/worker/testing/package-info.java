/**
 * For tests of workers: a real redis-server that ends with its JVM, and a kit that plays
 * orchestrations against handlers without a broker. May depend on the whole SDK; nothing of the SDK
 * depends on it.
 */
@NullMarked
package io.doundo.worker.testing;

import org.jspecify.annotations.NullMarked;
