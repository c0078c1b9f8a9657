/** Tests of contexts. */
@NullMarked
package io.doundo.launcher.cli.profile;

import org.jspecify.annotations.NullMarked;
