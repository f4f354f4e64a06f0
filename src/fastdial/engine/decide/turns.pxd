from fastdial.engine.contact_list cimport Contact, ContactList
from fastdial.engine.layouts cimport Agent, Call, Campaign
from fastdial.engine.state cimport State
from fastdial.engine.turn cimport Turn
