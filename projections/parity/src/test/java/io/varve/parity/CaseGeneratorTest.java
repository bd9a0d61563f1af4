package io.varve.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The generator makes what it is there for: a step that never comes about is compared never. */
class CaseGeneratorTest {
    private static Set<String> kinds(int cases, LongFunction<Case> generator) {
        return LongStream.range(0, cases)
                .mapToObj(generator)
                .peek(given -> assertTrue(given.isSound(), given::toString))
                .flatMap(given -> given.steps().stream())
                .flatMap(CaseGeneratorTest::names)
                .collect(Collectors.toSet());
    }

    private static Stream<String> names(Step step) {
        String name = step.getClass().getSimpleName();
        if (step instanceof Step.JoinTable join && join.grace().isPresent()) {
            return Stream.of(name, "grace period");
        }
        return step instanceof Step.Kept kept && kept.history().isPresent()
                ? Stream.of(name, name + " of versions")
                : Stream.of(name);
    }

    private static Set<String> all() {
        return Stream.of(Step.class.getDeclaredClasses())
                .filter(Class::isRecord)
                .map(Class::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void assertMakesAll(Set<String> kinds, Set<String> but) {
        Set<String> missing = all();
        missing.add("grace period");
        missing.add("ToTable of versions");
        missing.add("Aggregate of versions");
        missing.add("JoinTables of versions");
        missing.add("GroupTable of versions");
        missing.removeAll(but);
        missing.removeAll(kinds);
        assertEquals(Set.of(), missing);
    }

    @Test
    void shouldMakeEachStepThatBothSystemsHave() {
        assertMakesAll(kinds(2_000, CaseGenerator::of), Set.of("Expiring"));
    }

    @Test
    void shouldMakeEachStepForCrashes() {
        assertMakesAll(kinds(200, CaseGenerator::unlimited), Set.of("Aggregate of versions"));
    }
}
