"use strict";
document.querySelectorAll("table[data-sortable]").forEach(function (table) {
  table.querySelectorAll("thead th").forEach(function (header, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    header.textContent = "";
    header.appendChild(button);
    button.addEventListener("click", function () {
      var up = header.getAttribute("aria-sort") !== "ascending";
      table.querySelectorAll("thead th").forEach(function (other) { other.removeAttribute("aria-sort"); });
      header.setAttribute("aria-sort", up ? "ascending" : "descending");
      var body = table.tBodies[0], total = body.querySelector(".total");
      var rows = Array.prototype.filter.call(body.rows, function (row) { return row !== total; });
      var number = header.classList.contains("n");
      rows.sort(function (a, b) {
        var x = a.cells[column].dataset.value, y = b.cells[column].dataset.value;
        if (x === "" || y === "") { return (x === "") - (y === ""); }
        return (number ? x - y : x.localeCompare(y, document.documentElement.lang)) * (up ? 1 : -1);
      });
      rows.forEach(function (row) { body.insertBefore(row, total); });
    });
  });
});
document.querySelectorAll("table[data-filter]").forEach(function (table) {
  var label = document.createElement("label"), input = document.createElement("input");
  label.className = "filter";
  label.textContent = table.dataset.filter + " ";
  input.type = "search";
  label.appendChild(input);
  table.parentNode.parentNode.insertBefore(label, table.parentNode);
  function bare(words) { return words.normalize("NFD").replace(/[^a-z0-9 ]/gi, "").toLowerCase(); }
  input.addEventListener("input", function () {
    Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
      row.hidden = bare(row.cells[0].textContent + " " + row.cells[1].textContent).indexOf(bare(input.value)) < 0;
    });
  });
});
