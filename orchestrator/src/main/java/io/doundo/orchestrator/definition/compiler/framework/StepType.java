package io.doundo.orchestrator.definition.compiler.framework;

/** The types of steps in the framework's documents. */
enum StepType {
  HTTP_REQUEST,
  DATA_TRANSFORM,
  CONDITIONAL,
  PARALLEL,
  FOR_EACH,
  WAIT,
  WEBHOOK_CALL,
  FUNCTION_CALL,
  VALIDATION,
  ERROR_HANDLER;

  static boolean isNamed(String text) {
    for (StepType type : values()) {
      if (type.name().equals(text)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an attempt of it can be repeated, and takes time. */
  boolean hasAttempts() {
    return switch (this) {
      case HTTP_REQUEST, WEBHOOK_CALL, FUNCTION_CALL, FOR_EACH -> true;
      case DATA_TRANSFORM, CONDITIONAL, PARALLEL, WAIT, VALIDATION, ERROR_HANDLER -> false;
    };
  }
}
