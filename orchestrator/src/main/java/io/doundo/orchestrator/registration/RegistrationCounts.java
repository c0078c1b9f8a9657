package io.doundo.orchestrator.registration;

import java.util.concurrent.atomic.LongAdder;

/** How many registration records ended in which way. Thread-safe. */
record RegistrationCounts(LongAdder accepted, LongAdder refused, LongAdder givenUp) {

  RegistrationCounts() {
    this(new LongAdder(), new LongAdder(), new LongAdder());
  }
}
