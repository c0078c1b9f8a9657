@NullMarked
package io.doundo.worker.testkit.containers;

import org.jspecify.annotations.NullMarked;
