@NullMarked
package io.doundo.worker.binding;

import org.jspecify.annotations.NullMarked;
