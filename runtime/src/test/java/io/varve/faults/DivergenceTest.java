package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.faults.DivergentStack.Kept;
import io.varve.store.errors.StoreCorruptedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Logs that were restored, put back, grown again with other events, cut at their beginning, or
 * taken from another store, under read models, snapshots, dead letters and marks of another time,
 * another place or another store: what does not belong together is never taken as if it did.
 *
 * <p>{@code mvn verify -Pfaults -Dvarve.divergences=1000 -Dvarve.seed=1}.
 */
class DivergenceTest {
    private static final long SEED = Long.getLong("varve.seed", System.nanoTime());
    private static final int CHANGES = 6;

    // What goes wrong on purpose is looked at in other ways. Kept, as loggers are held weakly.
    private static final Logger QUIET = Logger.getLogger("io.varve");

    static {
        QUIET.setLevel(Level.OFF);
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final Map<String, Map<String, Integer>> tally = new TreeMap<>();

    @Test
    void shouldNoticeWhatDoesNotBelongTogether() throws Exception {
        diverge(42, 1);
    }

    @Test
    @Tag("faults")
    void shouldNoticeWhatDoesNotBelongTogetherInAnyOrder() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        int times = Integer.getInteger("varve.divergences", 1_000);
        for (int i = 0; i < times; i++) {
            diverge(random.nextLong(1L << 48), CHANGES);
            if (i % 100 == 99) {
                System.out.println("sequences=" + (i + 1) + " of seed=" + SEED);
            }
        }
        StringBuilder text = new StringBuilder("divergences=" + times + " seed=" + SEED);
        tally.forEach(
                (change, ends) -> text.append("\n  ").append(change).append(' ').append(ends));
        System.out.println(text);
        assertTrue(times < 100 || tally.size() > 10, tally.toString());
    }

    private void diverge(long seed, int changes) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> done = new ArrayList<>();
        try {
            List<Kept> kept = new ArrayList<>();
            DivergentStack other = new DivergentStack(folder.resolve("other"), random);
            other.grow(12, true);
            kept.add(other.keep());
            DivergentStack stack = new DivergentStack(folder.resolve("stack"), random);
            for (int i = 0; i < 2; i++) {
                stack.grow(10, true);
                kept.add(stack.keep());
            }
            boolean goesOn = true;
            for (int i = 0; goesOn && i < changes; i++) {
                goesOn = change(stack, kept, random, done);
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("seed=" + seed + " done=" + done, e);
        }
        DivergentStack.delete(folder.resolve("other"));
        DivergentStack.delete(folder.resolve("stack"));
    }

    /** One to three changes, and then a look; returns whether anything can be changed further. */
    private boolean change(
            DivergentStack stack, List<Kept> kept, SplittableRandom random, List<String> done)
            throws Exception {
        List<String> now = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            Kept from = kept.get(random.nextInt(kept.size()));
            String what = change(stack, from, random);
            now.add(what);
            done.add(what + " of " + from.folder().getFileName());
            if (what.startsWith("log") && random.nextBoolean()) {
                grow(stack, random, now);
            }
        }
        FlipCheck look = stack.check();
        String how = how(look);
        done.add(how);
        now.forEach(
                one ->
                        tally.computeIfAbsent(one, x -> new TreeMap<>())
                                .merge(how, 1, Integer::sum));
        if (!look.refused.isEmpty() && !remedied(stack)) {
            return false;
        }
        assertEquals(List.of(), stack.check().refused, "the second time");
        if (random.nextInt(3) == 0) {
            stack.grow(5, true);
            kept.add(stack.keep());
        }
        return true;
    }

    /** The log goes on before its projections see it, so that it ends where they have been. */
    private static void grow(DivergentStack stack, SplittableRandom random, List<String> now)
            throws Exception {
        try {
            stack.grow(1 + random.nextInt(12), false);
            now.add("grown again");
        } catch (StoreCorruptedException e) {
            now.add("not grown"); // it was noticed before
        }
    }

    private static String how(FlipCheck look) {
        if (look.refused.isEmpty()) {
            return look.reported.isEmpty() ? "right" : "right and reported";
        }
        String first = look.refused.get(0);
        return "refused: " + first.replaceAll("^([a-z]+): [a-z.]*([A-Za-z]+):.*", "$1 $2");
    }

    /** What is derived is made anew; where events are gone for good, some cannot be. */
    private static boolean remedied(DivergentStack stack) throws Exception {
        DivergentStack.delete(stack.data.resolve("models"));
        DivergentStack.delete(stack.data.resolve("log/index"));
        DivergentStack.delete(stack.data.resolve("log/snapshots"));
        FlipCheck look = stack.check();
        assertTrue(
                look.refused.isEmpty() || stack.events().first() > 0,
                () -> "cannot be remedied: " + look.refused);
        return look.refused.isEmpty();
    }

    private static String change(DivergentStack stack, Kept from, SplittableRandom random)
            throws Exception {
        String generation = "/generation-1-v1";
        switch (random.nextInt(14)) {
            case 0 -> {
                stack.restore(from);
                return "log restored";
            }
            case 1 -> {
                stack.putBack(from, "log");
                return "log and index put back";
            }
            case 2 -> {
                stack.putBack(from, "log/log");
                return "log put back";
            }
            case 3 -> {
                stack.putBack(from, "log/index");
                return "index put back";
            }
            case 4 -> {
                stack.putBack(from, "log/snapshots");
                return "stream snapshots put back";
            }
            case 5 -> {
                stack.putBack(from, "models");
                return "models put back";
            }
            case 6 -> {
                String one = FlipStack.PROJECTIONS.get(random.nextInt(4));
                stack.putBack(from, "models/" + one);
                return "one model put back";
            }
            case 7 -> {
                stack.swap("models/windows" + generation, "models/digest" + generation);
                return "models swapped";
            }
            case 8 -> {
                stack.swap("models/alerts", "models/digest");
                return "projections swapped";
            }
            case 9 -> {
                String partition = "models/balances" + generation + "/partition-";
                stack.swap(partition + "0-of-2", partition + "1-of-2");
                return "partitions swapped";
            }
            case 10 -> {
                stack.putBack(from, "models/digest" + generation + ".snapshots");
                DivergentStack.delete(stack.data.resolve("models/digest" + generation));
                return "snapshots put back, model gone";
            }
            case 11 -> {
                String partition = "models/balances" + generation + "/partition-";
                stack.putBack(from, partition + random.nextInt(2) + "-of-2");
                return "one partition put back";
            }
            case 12 -> {
                String one = FlipStack.PROJECTIONS.get(random.nextInt(4));
                Path file = Path.of("models/" + one + generation + "/data.mdb");
                if (Files.exists(from.data().resolve(file))) {
                    stack.putBack(from, file.toString());
                }
                return "a model's file put back";
            }
            default -> {
                return stack.truncate() ? "truncated" : "not truncated";
            }
        }
    }
}
