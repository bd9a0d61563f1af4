package io.varve.samples;

import java.util.ArrayList;
import java.util.List;

/**
 * A fault to be made on purpose, as the file of them has it.
 *
 * @param name what is wrong then
 * @param file the source, by its path in the project
 * @param from what stands there, once
 * @param to what is to stand there
 * @param module whose tests are to notice
 * @param tests their classes, or class#method, with commas between them
 */
record DeliberateFault(
        String name, String file, String from, String to, String module, String tests) {
    static List<DeliberateFault> all() {
        List<DeliberateFault> faults = new ArrayList<>();
        String[] blocks =
                Project.text("samples/src/test/resources/deliberate-faults.txt").split("\n= ");
        for (int i = 1; i < blocks.length; i++) {
            faults.add(of(blocks[i].strip().lines().toList()));
        }
        return faults;
    }

    private static DeliberateFault of(List<String> lines) {
        String[] where = lines.get(lines.size() - 1).split(" ");
        String from = part(lines, "- ");
        String to = part(lines, "+ ");
        return new DeliberateFault(lines.get(0), lines.get(1), from, to, where[0], where[1]);
    }

    private static String part(List<String> lines, String mark) {
        return String.join(
                "\n",
                lines.stream()
                        .filter(line -> line.startsWith(mark))
                        .map(line -> line.substring(mark.length()))
                        .toList());
    }

    /** The source with the fault in it. */
    String in(String source) {
        int at = source.indexOf(from);
        if (at < 0 || source.indexOf(from, at + 1) >= 0) {
            throw new AssertionError(file + " has not exactly one of: " + from);
        }
        return source.substring(0, at) + to + source.substring(at + from.length());
    }

    @Override
    public String toString() {
        return name;
    }
}
