# Words that several rooms use.
side-provider = provider side
side-consumer = consumer side
minutes = about { $n } min
