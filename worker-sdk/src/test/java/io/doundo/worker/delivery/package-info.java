@NullMarked
package io.doundo.worker.delivery;

import org.jspecify.annotations.NullMarked;
