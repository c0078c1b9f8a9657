package io.doundo.history;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The packages on which the checker may depend. */
@AnalyzeClasses(packages = "io.doundo.history", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String HISTORY = "io.doundo.history";

  @ArchTest
  static final ArchRule HISTORIES_ARE_JUDGED_FROM_OUTSIDE =
      classes()
          .that()
          .resideInAPackage(HISTORY + "..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "tools.jackson..",
              HISTORY + "..",
              "io.doundo.orchestrator.audit..",
              "io.doundo.orchestrator.core..",
              "io.doundo.orchestrator.definition..",
              "io.doundo.protocol..")
          .because(
              "the checker judges what topics and ledgers hold; it must not ask the engine that"
                  + " wrote them");

  @ArchTest
  static final ArchRule RECORDS_KNOW_NO_INVARIANT =
      noClasses()
          .that()
          .resideInAPackage(HISTORY)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(HISTORY + ".invariant..")
          .because("a history is collected as it is, whatever it will be judged by");
}
