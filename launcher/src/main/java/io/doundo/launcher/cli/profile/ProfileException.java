package io.doundo.launcher.cli.profile;

import org.jspecify.annotations.Nullable;

/** The configuration file, or a key that it points to, cannot be used; the message says why. */
public final class ProfileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ProfileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
