package io.varve.faults;

import io.varve.faults.FlipStack.Left;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * A program that damages files, opens them and asks, round after round; it says which it begins and
 * how it ended, in a line each, so that who started it knows in which it has died.
 */
final class FlipChild implements AutoCloseable {
    static final String BEGUN = "begun";
    static final String ENDED = "ended";
    private static final Logger LOGGER = Logger.getLogger("io.varve");
    private static final int TOLD = 700;

    private final Left left;
    private final FlipFiles files;
    private final FlipEvents events;

    /** What is damaged, each as often as it is worth. */
    private final List<String> kinds;

    private final Path folder;
    private final PrintStream out;
    private final Handler noting = new Noting();
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

    FlipChild(Path folder, Left left, PrintStream out) throws Exception {
        this.folder = folder;
        this.left = left;
        this.out = out;
        Path whole = folder.resolve("whole");
        if (!Files.exists(whole)) {
            Files.move(FlipMaker.data(folder), whole);
        }
        this.files = new FlipFiles(whole, FlipMaker.data(folder));
        this.kinds =
                files.names().stream()
                        .map(FlipChild::kind)
                        .distinct()
                        .flatMap(kind -> Collections.nCopies(weight(kind), kind).stream())
                        .toList();
        this.events = FlipEvents.read(FlipMaker.events(folder));
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(noting);
    }

    /** Keeps what is said where no caller can be told. */
    private final class Noting extends Handler {
        @Override
        public void publish(LogRecord told) {
            if (told.getLevel().intValue() >= Level.WARNING.intValue()) {
                warnings.add(String.valueOf(told.getMessage()));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    public static void main(String[] arguments) throws Exception {
        FlipChild child =
                new FlipChild(Path.of(arguments[0]), Left.valueOf(arguments[1]), System.out);
        long seed = Long.parseLong(arguments[2]);
        long from = Long.parseLong(arguments[3]);
        long to = Long.parseLong(arguments[4]);
        String whole = child.undamaged();
        if (!whole.equals("same")) {
            throw new AssertionError("Nothing was damaged: " + whole);
        }
        for (long round = from; round < to; round++) {
            child.round(round, seed);
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    /** Nothing is damaged: all must be as it was, and nobody says anything. */
    String undamaged() throws Exception {
        files.putBack();
        return how(true);
    }

    /** Damages something, says so, asks, and says how it ended, which is returned as well. */
    String round(long round, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed ^ round * 0xD1342543DE82EF95L);
        files.putBack();
        String kind = kinds.get(random.nextInt(kinds.size()));
        List<Path> those = files.names().stream().filter(one -> kind(one).equals(kind)).toList();
        Path name = those.get(random.nextInt(those.size()));
        FlipDamage damage = new FlipDamage(random, FlipMaker.older(folder));
        byte[] bytes = damage.damaged(name, files.whole(name));
        files.write(name, bytes);
        // Nobody looks at these but where what they are copies of is gone.
        if (kind.startsWith("snapshot of model") && random.nextInt(3) > 0) {
            files.delete(Path.of("models/digest/generation-1-v1"));
        }
        String said = round + " " + left + "\t" + kind + "\t" + name + " " + damage.what();
        out.println(BEGUN + "\t" + said);
        out.flush();
        String how = how(kind.startsWith("backup"));
        if (how.startsWith("refused") && random.nextInt(2) == 0) {
            String again = how(false);
            how = again.startsWith("refused") || again.startsWith("same") ? how : again + " AGAIN";
            how = again.startsWith("reported") ? "refused, then rebuilt" + how.substring(7) : how;
        }
        String mark = damage.isStale() ? ", stale" : "";
        String line = ENDED + "\t" + said + mark + "\t" + how;
        out.println(line.substring(0, Math.min(line.length(), TOLD)).replace('\n', ' '));
        out.flush();
        return line;
    }

    @Override
    public void close() {
        LOGGER.removeHandler(noting);
        LOGGER.setUseParentHandlers(true);
    }

    private static int weight(String kind) {
        if (kind.endsWith("data.mdb")) {
            return kind.startsWith("backup") ? 3 : 12;
        }
        return kind.endsWith(".lock") || kind.endsWith("mark") ? 1 : 3;
    }

    /** Where a file is in the scheme of things. */
    static String kind(Path name) {
        String text = name.toString();
        String file = name.getFileName().toString();
        if (text.startsWith("log/snapshots")) {
            return "stream snapshots " + file;
        }
        if (text.startsWith("log/log/") || text.startsWith("log/index/")) {
            return text.split("/")[1] + " " + file;
        }
        if (text.startsWith("backups")) {
            return "backup " + file;
        }
        return text.contains(".snapshots") ? "snapshot of model " + file : "model " + file;
    }

    private String how(boolean withBackup) {
        warnings.clear();
        FlipCheck check = new FlipCheck(FlipMaker.data(folder), left, events);
        try {
            check.check(withBackup);
        } catch (FlipCheck.WrongAnswer e) {
            return "WRONG " + e.getMessage() + " " + check.refused + check.reported + warnings;
        } catch (FlipCheck.FlipHang e) {
            return "HANG " + e.getMessage();
        } catch (Throwable e) {
            return "RAW " + trace(e);
        }
        if (!check.refused.isEmpty()) {
            return "refused " + check.refused;
        }
        return check.reported.isEmpty() && warnings.isEmpty()
                ? "same"
                : "reported " + check.reported + warnings;
    }

    private static String trace(Throwable thrown) {
        StringBuilder text = new StringBuilder();
        for (Throwable one = thrown; one != null; one = one.getCause()) {
            text.append(one).append(' ');
            StackTraceElement[] at = one.getStackTrace();
            for (int i = 0; i < Math.min(at.length, 4); i++) {
                text.append(" at ").append(at[i]);
            }
        }
        return text.toString();
    }
}
