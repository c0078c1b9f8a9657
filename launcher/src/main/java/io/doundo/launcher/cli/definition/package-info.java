/** The commands about registrations and definitions. Depend on {@code cli} alone. */
@NullMarked
package io.doundo.launcher.cli.definition;

import org.jspecify.annotations.NullMarked;
