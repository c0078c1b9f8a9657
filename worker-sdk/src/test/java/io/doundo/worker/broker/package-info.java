@NullMarked
package io.doundo.worker.broker;

import org.jspecify.annotations.NullMarked;
