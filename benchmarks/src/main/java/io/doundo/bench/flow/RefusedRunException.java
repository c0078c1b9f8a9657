package io.doundo.bench.flow;

import java.util.List;

/** A run that must not be reported: something was lost or wrong, or the yardstick is too slow. */
public final class RefusedRunException extends Exception {

  private final transient List<String> reasons;

  public RefusedRunException(String where, List<String> reasons) {
    super(where + ": " + String.join("; ", reasons));
    this.reasons = List.copyOf(reasons);
  }

  List<String> reasons() {
    return reasons;
  }
}
