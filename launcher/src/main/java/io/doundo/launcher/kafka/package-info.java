/** Kafka's own command line tools under short names. Depends on nothing of ours. */
@NullMarked
package io.doundo.launcher.kafka;

import org.jspecify.annotations.NullMarked;
