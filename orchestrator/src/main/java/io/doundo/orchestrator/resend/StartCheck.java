package io.doundo.orchestrator.resend;

import io.doundo.protocol.json.RawJson;
import java.util.List;

/** Whether an orchestration accepts a start. */
@FunctionalInterface
public interface StartCheck {

  /** Why it does not, one sentence each; empty when it does. */
  List<String> problems(String orchestration, RawJson payload);
}
