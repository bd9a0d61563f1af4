package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.faults.SoakFigures.Measure;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntToDoubleFunction;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** What a soak is judged by. */
class SoakMeasuresTest {
    private static final int LIVES = 4;
    private static final int REPORTS = 20;

    private final AtomicLong time = new AtomicLong();
    private final AtomicLong collecting = new AtomicLong();

    private static long millis(long count) {
        return TimeUnit.MILLISECONDS.toNanos(count);
    }

    @Test
    void shouldStandStillWhileTheMachineHasStoppedIt() {
        SoakClock clock = new SoakClock(time::get, collecting::get);
        time.addAndGet(millis(900));
        assertEquals(millis(900), clock.now(), "a slow machine");
        time.addAndGet(millis(90_000));
        assertEquals(millis(920), clock.now(), "until it would have been looked at again");
        assertEquals(millis(89_980), clock.stopped());
    }

    @Test
    void shouldCountCollectingAsTimeThatPasses() {
        SoakClock clock = new SoakClock(time::get, collecting::get);
        time.addAndGet(millis(3_000));
        collecting.addAndGet(millis(2_900));
        clock.tick();
        assertEquals(millis(3_000), clock.now());
        assertEquals(0, clock.stopped());
    }

    @Test
    void shouldLeaveOutWhatIsDoneApart() {
        SoakClock clock = new SoakClock(time::get, collecting::get);
        clock.apart(() -> time.addAndGet(millis(70)));
        time.addAndGet(millis(5));
        assertEquals(millis(5), clock.now());
    }

    /** All measures are of that, but for what changes by a tenth at random, and has peaks. */
    private static List<SoakFigures> figures(Measure measure, IntToDoubleFunction more) {
        SplittableRandom random = new SplittableRandom(1);
        List<SoakFigures> all = new ArrayList<>();
        for (int i = 0; i < LIVES * REPORTS; i++) {
            SoakFigures one = new SoakFigures();
            one.life = i / REPORTS;
            one.minute = i;
            for (Measure each : Measure.values()) {
                double peak = random.nextInt(10) == 0 ? 100 : 0;
                one.set(each, 20 + random.nextDouble(2) + peak);
            }
            one.set(measure, one.get(measure) + more.applyAsDouble(i));
            all.add(one);
        }
        return all;
    }

    @Test
    void shouldFindNothingInWhatStaysAsItIs() {
        List<SoakFigures> flat = figures(Measure.HEAP, i -> 0);
        assertEquals(List.of(), new SoakFlat(flat).grown());
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "THREADS", "DESCRIPTORS", "SLOTS_LOG", "SLOTS_MODELS", "VIEWS"})
    void shouldFindWhatGrowsInEachLife(Measure measure) {
        List<SoakFigures> grown = figures(measure, i -> i % REPORTS * 2);
        assertTrue(new SoakFlat(grown).grown().toString().contains(measure.name + " in a life"));
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "LOG", "INDEX", "STREAMS", "MODELS", "SNAPSHOTS"})
    void shouldFindWhatGrowsFromLifeToLife(Measure measure) {
        List<SoakFigures> grown = figures(measure, i -> i * 2.5);
        assertTrue(new SoakFlat(grown).grown().toString().contains(measure.name + " over all"));
    }

    @Test
    void shouldReadWhatWasWritten() {
        SoakFigures one = figures(Measure.HEAP, i -> 0).get(0);
        SoakFigures again = SoakFigures.of(one.line());
        for (Measure measure : Measure.values()) {
            assertEquals(one.get(measure), again.get(measure));
        }
    }

    @Test
    void shouldDrawCurvesAndKills() throws Exception {
        List<SoakFigures> all = figures(Measure.LOG, i -> i == 0 ? Double.NaN : 0);
        String plot = new SoakPlot(all, List.of(20.0, 40.0), List.of(30.0), 80).draw("all");
        Document drawn =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(plot)));
        assertFalse(plot.contains("NaN"), "what was not measured is not drawn");
        assertEquals("svg", drawn.getDocumentElement().getNodeName());
        int panels = drawn.getElementsByTagName("rect").getLength() - 1;
        int paths = drawn.getElementsByTagName("path").getLength();
        assertEquals(Measure.values().length + 2 * panels, paths, "each measure, kills, stops");
    }

    @Test
    void shouldTellMiddleAndLongest() {
        SoakTimes times = new SoakTimes();
        for (int i = 1; i <= 1_000; i++) {
            times.add(millis(i));
        }
        SoakFigures taken = new SoakFigures();
        times.take(taken, Measure.APPEND_P50, Measure.APPEND_P99, Measure.APPEND_MAX);
        assertEquals(501, taken.get(Measure.APPEND_P50));
        assertEquals(991, taken.get(Measure.APPEND_P99));
        assertEquals(1_000, taken.get(Measure.APPEND_MAX));
    }
}
