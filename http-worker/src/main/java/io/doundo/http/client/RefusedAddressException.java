package io.doundo.http.client;

import java.net.UnknownHostException;

/** A name leads to an address that must not be called. */
final class RefusedAddressException extends UnknownHostException {

  private static final long serialVersionUID = 1L;

  RefusedAddressException(String message) {
    super(message);
  }
}
