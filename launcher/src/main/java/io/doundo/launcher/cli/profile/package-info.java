/** Named services in the configuration file of the user. Knows files and processes, no command. */
@NullMarked
package io.doundo.launcher.cli.profile;

import org.jspecify.annotations.NullMarked;
