/**
 * JVMs as child processes that never outlive their parent, and the ports they want. Depends on the
 * JDK only.
 */
@NullMarked
package io.doundo.launcher.process;

import org.jspecify.annotations.NullMarked;
