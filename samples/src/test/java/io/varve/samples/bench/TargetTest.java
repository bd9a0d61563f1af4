package io.varve.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetTest {
    private final ResultLine ours =
            ResultLine.parse("system=varve work=scan events/s=30 machine=\"two words\"");
    private final ResultLine theirs = ResultLine.parse("system=other work=scan events/s=60");

    private static ResultLine pairs(String system) {
        return ResultLine.of(system, "scan");
    }

    private String met(Target target) {
        return target.hold(List.of(List.of(theirs, ours)))
                .flatMap(line -> line.value("met"))
                .orElse("not said");
    }

    @Test
    void shouldCompareWithAnotherLine() {
        assertEquals(
                "yes", met(Target.ratioAtLeast(0.5, pairs("varve"), "events/s", pairs("other"))));
        assertEquals(
                "no", met(Target.ratioAtLeast(0.51, pairs("varve"), "events/s", pairs("other"))));
        assertEquals("yes", met(Target.ratioAtMost(2, pairs("other"), "events/s", pairs("varve"))));
        assertEquals("not said", met(Target.told(pairs("varve"), "events/s", pairs("other"))));
    }

    @Test
    void shouldCompareWithANumber() {
        assertEquals("yes", met(Target.atMost(30, pairs("varve"), "events/s")));
        assertEquals("no", met(Target.atMost(29, pairs("varve"), "events/s")));
    }

    @Test
    void shouldTakeTheRoundInTheMiddle() {
        List<List<ResultLine>> rounds =
                List.of(
                        List.of(ours, theirs),
                        List.of(ours, ResultLine.parse("system=other work=scan events/s=15")),
                        List.of(ours, ResultLine.parse("system=other work=scan events/s=30")));

        ResultLine line =
                Target.ratioAtLeast(1, pairs("varve"), "events/s", pairs("other"))
                        .hold(rounds)
                        .orElseThrow();

        assertEquals(
                "target=\"varve scan\" figure=events/s ours=30.00 to=\"other scan\" theirs=30.00"
                        + " ratio=1.000 rounds=3 lowest=0.500 highest=2.000 at_least=1.0 met=yes",
                line.toString());
    }

    @Test
    void shouldTakeTheWorseOfTwoRounds() {
        List<List<ResultLine>> rounds = List.of(List.of(ours), List.of(theirs));
        Target target = Target.ratioAtLeast(2, new ResultLine(), "events/s", pairs("varve"));

        assertEquals(
                "no",
                target.hold(List.of(List.of(theirs, ours), List.of(ours)))
                        .flatMap(line -> line.value("met"))
                        .orElse("not said"));
        assertEquals(
                "no",
                Target.atMost(30, new ResultLine(), "events/s")
                        .hold(rounds)
                        .flatMap(line -> line.value("met"))
                        .orElse("not said"));
    }

    @Test
    void shouldSayNothingAboutWhatWasNotMeasured() {
        assertEquals(
                Optional.empty(),
                Target.told(pairs("varve"), "events/s", pairs("third"))
                        .hold(List.of(List.of(ours))));
        assertEquals(
                Optional.empty(),
                Target.atMost(1, pairs("varve"), "us").hold(List.of(List.of(ours))));
    }

    @Test
    void shouldReadALineAsItWasPrinted() {
        assertEquals("system=varve work=scan events/s=30 machine=\"two words\"", ours.toString());
        assertEquals("two words", ours.value("machine").orElse(""));
        assertEquals("two words", ResultLine.parse(ours.toString()).value("machine").orElse(""));
    }

    @Test
    void shouldTakeTheRunInTheMiddle() {
        assertEquals(new Spread(3, 1, 9), Spread.of(List.of(9, 1, 3), run -> run));
    }
}
