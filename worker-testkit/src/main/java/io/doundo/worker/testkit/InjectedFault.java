package io.doundo.worker.testkit;

import java.util.List;

/** A mishap of one command on its way to a handler and back. */
enum InjectedFault {
  DELIVERED_TWICE("was delivered twice") {
    @Override
    void applyTo(TestFlow flow, ExpectedCommand command) {
      command.handledTwice();
    }
  },
  CRASH_BEFORE_HANDLER("reached a worker that died " + CrashPoint.BEFORE_THE_HANDLER.words()) {
    @Override
    void applyTo(TestFlow flow, ExpectedCommand command) {
      command.handledAfterCrash(CrashPoint.BEFORE_THE_HANDLER);
    }
  },
  CRASH_BEFORE_RECORD("reached a worker that died " + CrashPoint.BEFORE_THE_RECORD.words()) {
    @Override
    void applyTo(TestFlow flow, ExpectedCommand command) {
      command.handledAfterCrash(CrashPoint.BEFORE_THE_RECORD);
    }
  },
  CRASH_BEFORE_ANSWER("reached a worker that died " + CrashPoint.BEFORE_THE_ANSWER.words()) {
    @Override
    void applyTo(TestFlow flow, ExpectedCommand command) {
      command.handledAfterCrash(CrashPoint.BEFORE_THE_ANSWER);
    }
  },
  LOST_BEFORE_HANDLER("was lost with a worker that died " + CrashPoint.BEFORE_THE_HANDLER.words()) {
    @Override
    void applyTo(TestFlow flow, ExpectedCommand command) {
      command.takenByCrashingWorker(CrashPoint.BEFORE_THE_HANDLER);
    }
  },
  LOST_BEFORE_RECORD("was lost with a worker that died " + CrashPoint.BEFORE_THE_RECORD.words()) {
    @Override
    void applyTo(TestFlow flow, ExpectedCommand command) {
      command.takenByCrashingWorker(CrashPoint.BEFORE_THE_RECORD);
    }
  },
  LOST_BEFORE_ANSWER("was lost with a worker that died " + CrashPoint.BEFORE_THE_ANSWER.words()) {
    @Override
    void applyTo(TestFlow flow, ExpectedCommand command) {
      command.takenByCrashingWorker(CrashPoint.BEFORE_THE_ANSWER);
    }
  },
  NEVER_KNOWN("was done by a worker that died, and no later attempt reached a worker") {
    @Override
    void applyTo(TestFlow flow, ExpectedCommand command) {
      command.takenByCrashingWorker(CrashPoint.BEFORE_THE_RECORD);
    }

    @Override
    void applyToNext(TestFlow flow, ExpectedCommand command) {
      command.dropped();
    }
  },
  FAILS_FOR_GOOD("failed for good, without effect") {
    @Override
    void applyTo(TestFlow flow, ExpectedCommand command) {
      command.failsForGood("failed by the rehearsal");
    }
  };

  /** The mishaps of a DO. */
  static final List<InjectedFault> OF_A_DO = List.of(values());

  /** The mishaps of an UNDO, which is retried until it succeeds. */
  static final List<InjectedFault> OF_AN_UNDO =
      List.of(
          DELIVERED_TWICE,
          CRASH_BEFORE_HANDLER,
          CRASH_BEFORE_RECORD,
          CRASH_BEFORE_ANSWER,
          LOST_BEFORE_HANDLER,
          LOST_BEFORE_RECORD,
          LOST_BEFORE_ANSWER);

  private final String words;

  InjectedFault(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** Happens to the first command of its step and action. */
  abstract void applyTo(TestFlow flow, ExpectedCommand command);

  /** Happens to the further ones. */
  void applyToNext(TestFlow flow, ExpectedCommand command) {
    command.handled();
  }
}
