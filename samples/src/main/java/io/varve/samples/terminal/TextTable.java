package io.varve.samples.terminal;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns. One thread at a time. */
public final class TextTable {
    /** On which side a column is even. */
    public enum Align {
        /** Text. */
        LEFT,
        /** Numbers. */
        RIGHT
    }

    private static final String GAP = "  ";

    private final List<Align> columns;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * A table without rows.
     *
     * @param columns how each is aligned
     */
    public TextTable(Align... columns) {
        this.columns = List.of(columns);
    }

    /**
     * Adds a row.
     *
     * @param cells as many as there are columns
     * @return this
     */
    public TextTable row(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    "A row has a cell for each column: cells="
                            + cells.length
                            + " columns="
                            + columns.size());
        }
        rows.add(List.of(cells));
        return this;
    }

    /**
     * The table, indented by one gap.
     *
     * @return a line for each row, without blanks at its end
     */
    public List<String> lines() {
        return rows.stream().map(this::line).toList();
    }

    private String line(List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < columns.size(); column++) {
            String cell = row.get(column);
            String blanks = " ".repeat(width(column) - length(cell));
            line.append(GAP);
            line.append(columns.get(column) == Align.LEFT ? cell + blanks : blanks + cell);
        }
        return line.toString().stripTrailing();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
