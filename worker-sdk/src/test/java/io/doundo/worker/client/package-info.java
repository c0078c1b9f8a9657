@NullMarked
package io.doundo.worker.client;

import org.jspecify.annotations.NullMarked;
