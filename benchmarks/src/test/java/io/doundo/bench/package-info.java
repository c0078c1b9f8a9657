@NullMarked
package io.doundo.bench;

import org.jspecify.annotations.NullMarked;
