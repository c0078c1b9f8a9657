/** The registration examples with tasks, played with workers on the SDK. */
@NullMarked
package io.doundo.examples.approval;

import org.jspecify.annotations.NullMarked;
