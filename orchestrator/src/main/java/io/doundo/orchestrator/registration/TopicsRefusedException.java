package io.doundo.orchestrator.registration;

import java.util.List;

/** The broker will never create some of the topics that an orchestration needs. */
final class TopicsRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> reasons;

  /** One reason for each topic. */
  TopicsRefusedException(List<String> reasons) {
    super(String.join("; ", reasons));
    this.reasons = List.copyOf(reasons);
  }

  List<String> reasons() {
    return reasons;
  }
}
