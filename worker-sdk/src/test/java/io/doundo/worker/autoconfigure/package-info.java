@NullMarked
package io.doundo.worker.autoconfigure;

import org.jspecify.annotations.NullMarked;
