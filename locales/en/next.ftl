# What can be done next.
next-title = What you can do next
next-resume = Continue: pllab resume { $run }
next-clean = Clean up: pllab clean { $run }
next-clean-again = To clean up again: pllab clean { $run }
next-browse = Open the page in your own browser: pllab browse { $run }
next-why = Trace the path hop by hop: pllab why { $run }
next-drill = Fix a broken lab from its symptoms: pllab drill
next-report = Write a report of this run: pllab report { $run }
next-lab = Start a lab you have not tried: pllab start { $lab }
next-again = Do it again: pllab start { $lab }
next-again-vary = Do it again: pllab start { $lab } (--set KEY=VALUE changes { $names })
clean-nothing = There is nothing to clean up in { $folder }.
clean-done-already = Run { $run } has been cleaned up.
next-do = Do it yourself and see: pllab start { $lab }
